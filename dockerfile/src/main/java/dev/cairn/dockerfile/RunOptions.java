package dev.cairn.dockerfile;

import java.util.List;
import java.util.Optional;

/**
 * The flags of RUN.
 *
 * @param mounts the values of {@code --mount}, unexpanded; see {@link Mount}
 * @param network {@code --network}; empty means the build's default
 * @param security {@code --security}
 * @param devices {@code --device}
 */
public record RunOptions(
    List<String> mounts, Optional<Network> network, Security security, List<Device> devices) {
  /** No flag given. */
  public static final RunOptions NONE =
      new RunOptions(List.of(), Optional.empty(), Security.SANDBOX, List.of());

  public RunOptions {
    mounts = List.copyOf(mounts);
    devices = List.copyOf(devices);
  }

  /** {@code --network}. */
  public enum Network {
    /** The build's ordinary network. */
    DEFAULT,
    /** Loopback only. */
    NONE,
    /** The host's; needs an entitlement. */
    HOST
  }

  /** {@code --security}. */
  public enum Security {
    /** Default capabilities, seccomp and masked paths. */
    SANDBOX,
    /** None of these; needs an entitlement. */
    INSECURE
  }

  /** One {@code --device=name[,required]}: a CDI name such as {@code vendor.com/gpu=all}. */
  public record Device(String name, boolean required) {}
}
