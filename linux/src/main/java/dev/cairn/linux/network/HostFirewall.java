package dev.cairn.linux.network;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Tables of others in the packet filter that would drop what ours lets through: an accept of ours
 * is not the last word (nft(8), "base chains"). We change nothing in them, but say so.
 */
final class HostFirewall {
  private static final JsonMapper JSON = JsonMapper.shared();

  private HostFirewall() {}

  /** One sentence for each chain that drops by default, with what the operator adds to it. */
  static List<String> obstacles(Ground ground, String name) throws IOException {
    var obstacles = new ArrayList<String>();
    JsonNode all = JSON.readTree(ground.filtered("list", "chains"));
    for (JsonNode each : all.path("nftables")) {
      JsonNode chain = each.path("chain");
      String table = chain.path("table").asString("");
      String hook = chain.path("hook").asString("");
      boolean drops = chain.path("policy").asString("").equals("drop");
      // Those of an installation of ours know the devices of their own only.
      if (!drops || table.startsWith("cairn") || chain.path("family").asString("").equals("ip6")) {
        continue;
      }
      String where =
          "%s %s %s"
              .formatted(chain.path("family").asString(""), table, chain.path("name").asString(""));
      if (hook.equals("forward")) {
        obstacles.add(
            where
                + " drops forwarded packets by default, so steps may reach nothing; where it does,"
                + " accept there what comes in from "
                + name
                + "* and what goes out to it as an answer (with Docker: iptables -I DOCKER-USER -i "
                + name
                + "+ -j ACCEPT; iptables -I DOCKER-USER -o "
                + name
                + "+ -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT)");
      } else if (hook.equals("input")) {
        obstacles.add(
            where
                + " drops what arrives by default, so steps may look up no names; where it does,"
                + " accept there what comes in from "
                + name
                + "*: our own table lets only look-ups through");
      }
    }
    return obstacles;
  }
}
