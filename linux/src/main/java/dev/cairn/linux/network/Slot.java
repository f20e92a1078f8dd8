package dev.cairn.linux.network;

import java.net.InetAddress;

/**
 * A step's place in the network.
 *
 * @param number never used twice in the life of a process
 * @param device the outer end of its pair of devices
 * @param address its own
 */
record Slot(int number, String device, InetAddress address) {
  private static final int NAMES = 36 * 36 * 36 * 36;

  static Slot of(String installation, Subnet subnet, int number) {
    String digits = Integer.toString(number % NAMES, 36);
    return new Slot(
        number, installation + "0".repeat(4 - digits.length()) + digits, subnet.step(number));
  }

  /** The name of something of it in the packet filter. */
  String named(String what) {
    return what + "_" + number;
  }

  /** Its address as text. */
  String ip() {
    return address.getHostAddress();
  }
}
