package dev.cairn.engine.run;

import dev.cairn.linux.sandbox.NetworkMode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How this installation runs commands.
 *
 * @param work a directory for the mounts of running steps, on the file system of the trees
 * @param parallel how many commands run at once
 * @param network what a command reaches unless it or its build asks for nothing
 * @param stepTime the longest time of a command, unless the build says another
 * @param logBytes how much of a command's output is kept
 * @param certificates a bundle of certificate authorities for commands, which never enters an image
 */
public record RunSettings(
    Path work,
    int parallel,
    NetworkMode network,
    Duration stepTime,
    long logBytes,
    Optional<Path> certificates) {}
