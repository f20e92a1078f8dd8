package dev.cairn.server;

import dev.cairn.build.Source;
import dev.cairn.build.TenantId;
import dev.cairn.content.Attributes;
import dev.cairn.content.FileTree;
import dev.cairn.content.Node;
import dev.cairn.oci.Digest;
import dev.cairn.service.Contexts;
import dev.cairn.service.ServiceException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;

/** Archives in memory: gzip tars with short names. */
public final class TinyContexts implements Contexts, SourceFiles {
  public final Map<Digest, Map<String, byte[]>> packs = new HashMap<>();

  @Override
  public Answer offer(TenantId tenant, Offer offer) {
    return new Answer.Missing(offer.blocks(), List.of());
  }

  @Override
  public Source.Archive archive(TenantId tenant, InputStream bytes) {
    try {
      byte[] all = bytes.readAllBytes();
      Digest upload = Digest.sha256(all);
      Map<String, byte[]> files = new TreeMap<>();
      try (var tar = new GZIPInputStream(new ByteArrayInputStream(all))) {
        while (true) {
          byte[] header = tar.readNBytes(512);
          if (header.length < 512) {
            throw new IOException("the archive ends early");
          }
          String name = text(header, 0, 100);
          if (name.isEmpty()) {
            break;
          }
          int size = Integer.parseInt(text(header, 124, 12).strip(), 8);
          byte[] content = tar.readNBytes(size);
          tar.readNBytes((512 - size % 512) % 512);
          files.put(name.startsWith("./") ? name.substring(2) : name, content);
        }
      }
      packs.put(upload, files);
      return new Source.Archive(upload, upload);
    } catch (IOException | NumberFormatException e) {
      throw ServiceException.invalid("archive-invalid", "not a tar: " + e.getMessage(), "");
    }
  }

  private static String text(byte[] header, int from, int length) {
    String field = new String(header, from, length, StandardCharsets.US_ASCII);
    int end = field.indexOf('\0');
    return end < 0 ? field : field.substring(0, end);
  }

  @Override
  public FileTree open(TenantId tenant, Digest pack) {
    Map<String, byte[]> files = Objects.requireNonNull(packs.get(pack));
    return new FileTree() {
      @Override
      public Optional<Node> lookup(String path) {
        if (path.isEmpty()) {
          return Optional.of(Node.directory("", Attributes.of(0755)));
        }
        byte[] content = files.get(path);
        return content == null
            ? Optional.empty()
            : Optional.of(
                new Node(
                    path,
                    Attributes.of(0644),
                    new Node.Body.File(
                        content.length, Digest.sha256(content), new Node.Place(0, 0), 0)));
      }

      @Override
      public List<Node> children(String path) {
        return List.of();
      }

      @Override
      public Iterable<Node> walk(String path) {
        return List.of();
      }

      @Override
      public InputStream open(Node file) {
        return new ByteArrayInputStream(Objects.requireNonNull(files.get(file.path())));
      }

      @Override
      public void close() {}
    };
  }
}
