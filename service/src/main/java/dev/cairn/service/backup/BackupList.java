package dev.cairn.service.backup;

import java.util.List;
import java.util.Map;

/**
 * What a backup holds, in {@code backup.json}; written last, so that a directory without it is no
 * backup.
 *
 * @param form of this list and of the directory; 1
 * @param madeAt when, as text
 * @param blobs the digests of the blobs that it needs, which lie beside it
 * @param files the digest of every other file, by its path in the backup
 */
record BackupList(int form, String madeAt, List<String> blobs, Map<String, String> files) {
  static final int FORM = 1;
  static final String NAME = "backup.json";

  BackupList {
    blobs = List.copyOf(blobs);
    files = Map.copyOf(files);
  }
}
