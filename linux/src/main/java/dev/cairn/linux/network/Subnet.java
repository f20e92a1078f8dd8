package dev.cairn.linux.network;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * The addresses of one installation's steps: a part of 198.18.0.0/15, which belongs to nobody
 * outside (RFC 2544) and is refused to steps like every such range.
 *
 * @param first the network's own address as a number
 */
record Subnet(int first) {
  /** How many leading bits its addresses share. */
  static final int PREFIX = 22;

  private static final int GROUND = (198 << 24) | (18 << 16);
  private static final int SIZE = 1 << (32 - PREFIX);
  private static final int CHOICES = 1 << (PREFIX - 15);

  /** How many steps can have an address at the same time. */
  static final int ADDRESSES = SIZE - 3;

  /** All that could be chosen, beginning somewhere that depends on the name. */
  static List<Subnet> candidates(String name) {
    var all = new ArrayList<Subnet>();
    int start = Math.floorMod(name.hashCode(), CHOICES);
    for (int i = 0; i < CHOICES; i++) {
      all.add(new Subnet(GROUND + (start + i) % CHOICES * SIZE));
    }
    return all;
  }

  /** What the routes of devices that are not ours lead to. */
  static List<AddressRange> ofRoutes(List<JsonNode> routes, String ours) {
    var taken = new ArrayList<AddressRange>();
    for (JsonNode route : routes) {
      String to = route.path("dst").asString("default");
      if (!to.equals("default") && !route.path("dev").asString("").startsWith(ours)) {
        taken.add(AddressRange.parse(to));
      }
    }
    return taken;
  }

  /** The networks that devices which are not ours are in. */
  static List<AddressRange> ofDevices(Ground ground, String ours) throws IOException {
    var taken = new ArrayList<AddressRange>();
    for (JsonNode device : Uplink.array(ground.ask("-4", "address", "show"))) {
      if (device.path("ifname").asString("").startsWith(ours)) {
        continue;
      }
      for (JsonNode address : device.path("addr_info")) {
        taken.add(
            AddressRange.parse(
                address.path("local").asString("") + "/" + address.path("prefixlen").asInt(32)));
      }
    }
    return taken;
  }

  AddressRange range() {
    return new AddressRange(address(first), PREFIX);
  }

  /** Where steps find the forwarder of names and their way out. */
  InetAddress gateway() {
    return address(first + 1);
  }

  /** The address of a step, from 0 on. */
  InetAddress step(int index) {
    return address(first + 2 + Math.floorMod(index, ADDRESSES));
  }

  private static InetAddress address(int number) {
    try {
      return InetAddress.getByAddress(
          new byte[] {
            (byte) (number >>> 24), (byte) (number >>> 16), (byte) (number >>> 8), (byte) number
          });
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }
}
