package dev.cairn.linux.network;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * How the ground reaches the outside.
 *
 * @param devices those of its default routes; none where there is no outside
 * @param mtu the smallest of theirs, so that no packet of a step has to be cut
 */
record Uplink(List<String> devices, int mtu) {
  private static final int USUAL_MTU = 1500;
  private static final int LARGEST_MTU = 65535;
  private static final JsonMapper JSON = JsonMapper.shared();

  Uplink {
    devices = List.copyOf(devices);
  }

  /** Reads the routes of all tables and the devices, as ip(8) shows them. */
  static Uplink of(List<JsonNode> routes, List<JsonNode> links) {
    var devices = new ArrayList<String>();
    for (JsonNode route : routes) {
      if (route.path("dst").asString("").equals("default")) {
        add(devices, route);
        route.path("nexthops").forEach(hop -> add(devices, hop));
      }
    }
    int mtu = LARGEST_MTU;
    for (JsonNode link : links) {
      if (devices.contains(link.path("ifname").asString(""))) {
        mtu = Math.min(mtu, link.path("mtu").asInt(USUAL_MTU));
      }
    }
    return new Uplink(devices, devices.isEmpty() ? USUAL_MTU : mtu);
  }

  private static void add(List<String> devices, JsonNode route) {
    String device = route.path("dev").asString("");
    if (!device.isEmpty() && !devices.contains(device)) {
      devices.add(device);
    }
  }

  /** Lets packets of steps through these devices in both directions. */
  void open(Ground ground) throws IOException {
    ground.set(devices.stream().map(Uplink::forwarding).toList(), "1");
  }

  /**
   * Checks that packets are still forwarded.
   *
   * @param device of the step
   * @throws NetworkException naming the setting that somebody has changed
   */
  void check(Ground ground, String device) throws IOException {
    var all = new ArrayList<>(devices);
    all.add(device);
    var closed =
        ground.call(() -> {
          var off = new ArrayList<String>();
          for (String each : all) {
            if (!ground.here(forwarding(each)).equals("1")) {
              off.add(each);
            }
          }
          return off;
        });
    if (!closed.isEmpty()) {
      throw new NetworkException(
          "IPv4 forwarding is off for "
              + String.join(" and ", closed)
              + ", so steps reach nothing: some program of this machine has switched it off",
          "sysctl -w "
              + String.join(
                  " ",
                  devices.stream().map(each -> "net.ipv4.conf." + each + ".forwarding=1").toList())
              + " net.ipv4.conf.default.forwarding=1, then restart the server");
    }
  }

  static String forwarding(String device) {
    return "ipv4/conf/" + device + "/forwarding";
  }

  static List<JsonNode> array(String json) {
    var all = new ArrayList<JsonNode>();
    if (!json.isBlank()) {
      JSON.readTree(json).forEach(all::add);
    }
    return all;
  }
}
