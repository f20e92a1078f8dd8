package dev.cairn.content;

import dev.cairn.oci.Digest;

/**
 * One file, directory or link of a tree.
 *
 * @param path where it is: no leading or trailing slash, no dot components; "" is the root. Bytes
 *     that are no UTF-8 are kept as {@code PathBytes} says
 * @param attributes mode, owner, time, extended attributes
 * @param body what it is and what it holds
 */
public record Node(String path, Attributes attributes, Body body) {

  /** What a node is and what it holds. */
  public sealed interface Body {

    /** The type of such a node. */
    FileType type();

    /** A directory; its children are nodes of their own. */
    record Directory() implements Body {
      @Override
      public FileType type() {
        return FileType.DIRECTORY;
      }
    }

    /**
     * A regular file.
     *
     * @param size bytes
     * @param digest of the content
     * @param place where the tree finds the content; of no meaning to others
     * @param linkGroup files with the same number above 0 are names of one file; 0 has one name
     */
    record File(long size, Digest digest, Place place, int linkGroup) implements Body {
      @Override
      public FileType type() {
        return FileType.FILE;
      }
    }

    /**
     * A symbolic link.
     *
     * @param target its text, as it is
     */
    record Symlink(String target) implements Body {
      @Override
      public FileType type() {
        return FileType.SYMLINK;
      }
    }

    /**
     * A hard link to a file that is not in this layer; merged views and packs have none.
     *
     * @param target the path of the file, like {@link Node#path}
     */
    record HardLink(String target) implements Body {
      @Override
      public FileType type() {
        return FileType.HARDLINK;
      }
    }

    /**
     * A device or a named pipe.
     *
     * @param type which of them
     * @param major device number, 0 for a pipe
     * @param minor device number, 0 for a pipe
     */
    record Special(FileType type, int major, int minor) implements Body {
      /** Checks that the type is one of the three. */
      public Special {
        if (!type.isDevice() && type != FileType.FIFO) {
          throw new IllegalArgumentException("not a special file: " + type);
        }
      }
    }
  }

  /**
   * Where the bytes of a file lie.
   *
   * @param source number of the layer or of the part of a pack
   * @param offset of the first byte in its uncompressed bytes
   */
  public record Place(int source, long offset) {}

  /** The one body of all directories. */
  public static final Body DIRECTORY = new Body.Directory();

  /** A directory. */
  public static Node directory(String path, Attributes attributes) {
    return new Node(path, attributes, DIRECTORY);
  }

  /** What it is. */
  public FileType type() {
    return body.type();
  }

  /** Whether it is a directory. */
  public boolean isDirectory() {
    return body instanceof Body.Directory;
  }

  /** Size of the content in bytes, 0 for what is not a regular file. */
  public long size() {
    return body instanceof Body.File file ? file.size() : 0;
  }

  /** The last component of the path. */
  public String name() {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** The path of the directory it is in; "" for the root itself too. */
  public String parent() {
    int slash = path.lastIndexOf('/');
    return slash < 0 ? "" : path.substring(0, slash);
  }

  /** The same under another path. */
  public Node at(String newPath) {
    return new Node(newPath, attributes, body);
  }

  /** The same with other attributes. */
  public Node with(Attributes newAttributes) {
    return new Node(path, newAttributes, body);
  }

  /** The same with another body. */
  public Node with(Body newBody) {
    return new Node(path, attributes, newBody);
  }
}
