package dev.cairn.content.layer;

import dev.cairn.linux.namespace.Standing;

/** For which kind of overlay mount a layer is unpacked; trees of different kinds are not shared. */
public enum UnpackMode {
  /** By root: owners and all attributes, devices, {@code trusted.overlay.*} marks. */
  PRIVILEGED("trusted.overlay.opaque"),
  /** By root of a user namespace: its owners, no devices, {@code user.overlay.*} marks. */
  RANGE("user.overlay.opaque"),
  /** With one identity: owners stay ours, no devices, {@code user.overlay.*} marks. */
  UNPRIVILEGED("user.overlay.opaque");

  private final String opaqueAttribute;

  UnpackMode(String opaqueAttribute) {
    this.opaqueAttribute = opaqueAttribute;
  }

  /** What a service that stands so can do. */
  public static UnpackMode of(Standing.Kind service) {
    return switch (service) {
      case ROOT -> PRIVILEGED;
      case RANGE -> RANGE;
      case SINGLE_IDENTITY -> UNPRIVILEGED;
    };
  }

  String opaqueAttribute() {
    return opaqueAttribute;
  }

  boolean setsOwners() {
    return this != UNPRIVILEGED;
  }

  /** Devices of an image stay in its index and its blob; only the disk lacks them. */
  boolean makesDevices() {
    return this == PRIVILEGED;
  }
}
