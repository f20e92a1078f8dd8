package dev.cairn.content.layer;

/** For which kind of overlay mount a layer is unpacked; trees of the two are not shared. */
public enum UnpackMode {
  /** By root: owners and all attributes, {@code trusted.overlay.*} marks. */
  PRIVILEGED("trusted.overlay.opaque"),
  /** Inside a user namespace without real root: owners stay ours, {@code user.overlay.*} marks. */
  UNPRIVILEGED("user.overlay.opaque");

  private final String opaqueAttribute;

  UnpackMode(String opaqueAttribute) {
    this.opaqueAttribute = opaqueAttribute;
  }

  String opaqueAttribute() {
    return opaqueAttribute;
  }
}
