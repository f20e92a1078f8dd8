package dev.cairn.engine.run;

import dev.cairn.engine.step.Privileges;
import java.nio.file.Path;
import java.time.Duration;

/**
 * How this installation runs commands.
 *
 * @param ground the directory that holds all that the engine unpacks and mounts
 * @param parallel how many commands run at once
 * @param networks what commands reach
 * @param stepTime the longest time of a command, unless the build says another
 * @param logBytes how much of a command's output is kept
 * @param authorities certificate authorities for commands, which never enter an image
 * @param proxies for commands, which never enter an image either
 * @param privileges what the operator allows commands beyond the usual
 */
public record RunSettings(
    Path ground,
    int parallel,
    CommandNetworks networks,
    Duration stepTime,
    long logBytes,
    InjectedAuthorities authorities,
    ProxyVariables proxies,
    Privileges privileges) {}
