"""The official Python library of Hypeman, unmodified, against Cairn.

CAIRN_URL, CAIRN_TOKEN, CAIRN_BASE and CAIRN_BASE_DIGEST say where, as for the JavaScript suite.
"""

import io
import os
import tarfile
import time
import unittest

import hypeman

BASE = os.environ["CAIRN_BASE"]
CLIENT = hypeman.Hypeman(base_url=os.environ["CAIRN_URL"], api_key=os.environ["CAIRN_TOKEN"])


def source(line):
    """A gzip-compressed tar with a Dockerfile of one RUN."""
    text = f"FROM {BASE}\nRUN {line}\n".encode()
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        entry = tarfile.TarInfo("Dockerfile")
        entry.size = len(text)
        tar.addfile(entry, io.BytesIO(text))
    return ("source.tar.gz", packed.getvalue())


def until(look, states):
    """Looks again and again, for at most three minutes."""
    end = time.monotonic() + 180
    while time.monotonic() < end:
        found = look()
        if found.status in states:
            return found
        time.sleep(0.05)
    raise AssertionError(f"still {found.status}")


def finished(build_id):
    return until(lambda: CLIENT.builds.get(build_id), ("ready", "failed", "cancelled"))


class Builds(unittest.TestCase):
    def test_builds_lists_and_streams(self):
        made = CLIENT.builds.create(source=source("echo from-python"), tags='{"suite": "python"}')
        events = list(CLIENT.builds.events(made.id, follow=True))
        self.assertEqual(("status", "ready"), (events[-1].type, events[-1].status))
        self.assertTrue(any("from-python" in (e.content or "") for e in events))
        build = CLIENT.builds.get(made.id)
        self.assertEqual("ready", build.status)
        self.assertEqual([made.id], [b.id for b in CLIENT.builds.list(tags={"suite": "python"})])

    def test_cancels(self):
        made = CLIENT.builds.create(source=source("sleep 300"))
        CLIENT.builds.cancel(made.id)
        self.assertEqual("cancelled", finished(made.id).status)
        with self.assertRaises(hypeman.ConflictError):
            CLIENT.builds.cancel(made.id)


class Builders(unittest.TestCase):
    def test_keeps_a_cache_until_it_is_pruned(self):
        builder = CLIENT.builders.create(name="python", disk_size_gb=2, tags={"suite": "python"})
        self.assertEqual([builder.id], [b.id for b in CLIENT.builders.list(tags={"suite": "python"})])
        mount = "--mount=type=cache,target=/c"
        write = f"{mount} sh -c 'echo kept > /c/left'"
        read = f"{mount} grep kept /c/left"
        build = lambda line: finished(CLIENT.builds.create(source=source(line), builder_id=builder.id).id)
        self.assertEqual("ready", build(write).status)
        self.assertEqual("ready", build(read).status)
        self.assertIn(CLIENT.builders.prune(builder.id).status, ("pruning", "ready"))
        until(lambda: CLIENT.builders.get(builder.id), ("ready",))
        self.assertEqual("failed", build(read).status)
        CLIENT.builders.delete(builder.id)
        with self.assertRaises(hypeman.NotFoundError):
            CLIENT.builders.get(builder.id)


class Images(unittest.TestCase):
    def test_pulls_tags_and_deletes(self):
        begun = CLIENT.images.create(name=BASE, tags={"suite": "python"})
        self.assertEqual(os.environ["CAIRN_BASE_DIGEST"], begun.digest)
        image = until(lambda: CLIENT.images.get(BASE), ("ready", "failed"))
        self.assertEqual(("ready", None), (image.status, image.error))
        self.assertEqual([image.name], [i.name for i in CLIENT.images.list(tags={"suite": "python"})])
        tagged = CLIENT.images.tag(BASE, target="python/copy:1")
        self.assertEqual(("python/copy:1", image.digest), (tagged.name, tagged.digest))
        for name in (BASE, "python/copy:1"):
            CLIENT.images.delete(name)
            with self.assertRaises(hypeman.NotFoundError):
                CLIENT.images.get(name)


if __name__ == "__main__":
    unittest.main()
