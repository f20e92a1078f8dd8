package dev.cairn.engine.disk;

import java.util.Optional;

/**
 * What a build may have on the disk.
 *
 * @param inodes files, directories and links
 */
public record DiskLimit(Optional<Long> bytes, Optional<Long> inodes) {}
