package dev.cairn.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What we built is pulled and run by tools that have never heard of us. */
class RunTheImageTest {

  @Test
  @Tag("slow")
  void skopeoCopiesItAndRuncRunsIt(@TempDir Path work) throws Exception {
    Needed.rootAnd("runc", "skopeo", "umoci");
    try (var workbench = Workbench.start(work)) {
      String reference = build(workbench, work);
      Path layout = work.resolve("copied");
      Commands.succeed(
          work,
          "skopeo",
          "copy",
          "--quiet",
          "--src-tls-verify=false",
          "--src-creds=any:" + workbench.token(),
          "docker://" + reference,
          "oci:" + layout + ":v1");

      assertThat(RunningImage.runLayout(work, layout, "v1")).contains("hello from app 1000");
    }
  }

  @Test
  @Tag("all")
  void podmanPullsIt(@TempDir Path work) throws Exception {
    Needed.rootAnd("runc", "podman");
    try (var workbench = Workbench.start(work)) {
      String reference = build(workbench, work);
      String storage = work.resolve("storage").toString();
      List<String> podman =
          List.of(
              "podman",
              "--root",
              storage,
              "--runroot",
              storage + "-run",
              "--storage-driver",
              "vfs");
      List<String> pull =
          List.of(
              "pull",
              "--quiet",
              "--tls-verify=false",
              "--creds",
              "any:" + workbench.token(),
              reference);
      Commands.Outcome pulled = Commands.run(work, Map.of(), both(podman, pull));
      assertThat(pulled.code()).as(pulled.output()).isZero();

      Commands.Outcome seen =
          Commands.run(
              work,
              Map.of(),
              both(podman, List.of("inspect", "--format", "{{.Config.User}}", reference)));
      assertThat(seen.output().strip()).as(seen.output()).endsWith("app");
      Commands.run(work, Map.of(), both(podman, List.of("rmi", "--all", "--force")));
    }
  }

  private static List<String> both(List<String> first, List<String> second) {
    return Stream.concat(first.stream(), second.stream()).toList();
  }

  private static String build(Workbench workbench, Path work) throws Exception {
    Path project = Files.createDirectory(work.resolve("project"));
    Files.writeString(
        project.resolve("Dockerfile"),
        """
        FROM %s AS made
        COPY greet.sh /greet.sh
        RUN chmod 755 /greet.sh && ls -l /greet.sh
        FROM %s
        COPY --from=made --chown=app /greet.sh /usr/local/bin/greet
        USER app
        WORKDIR /home/app
        ENTRYPOINT ["/usr/local/bin/greet"]
        CMD ["hello"]
        """
            .formatted(workbench.base(), workbench.base()));
    Files.writeString(
        project.resolve("greet.sh"), "#!/bin/sh\necho \"$1 from $(id -un) $(id -u)\"\n");
    LiveServer.Outcome outcome =
        workbench.cairn(project, "build", "--progress", "plain", "-t", "greeter:v1", ".");
    assertThat(outcome.exitCode()).as(outcome.error()).isZero();
    return workbench.server().host() + "/acme/greeter:v1";
  }
}
