package dev.cairn.content.tar;

/**
 * The numbers of a device.
 *
 * @param major of the driver, 0 for what is no device
 * @param minor of the unit
 */
public record Device(int major, int minor) {

  /** Of what is no device. */
  public static final Device NONE = new Device(0, 0);

  /** Checks the sign. */
  public Device {
    if (major < 0 || minor < 0) {
      throw new IllegalArgumentException("device number is negative: " + major + ":" + minor);
    }
  }
}
