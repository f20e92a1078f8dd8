package dev.cairn.linux.network;

import java.util.List;
import java.util.stream.Collectors;

/**
 * The installation's own table of the packet filter, nft(8). Packets of a step go through its own
 * chain, found by device and source address together, so that no step can speak as another one;
 * every packet is judged, not only the first of a connection. In the order of the chain:
 *
 * <ol>
 *   <li>look-ups of names go to the forwarder, nothing else to the gateway or another step;
 *   <li>what the step's narrowings do not list is refused;
 *   <li>what the operator allows is accepted;
 *   <li>this machine's own addresses and the refused ranges are refused, the rest is accepted.
 * </ol>
 *
 * <p>Refused TCP is answered by a reset, which ends an attempt at once; the rest is dropped.
 * Nothing comes in but answers. Other tables of the machine see the packets too and may drop more.
 */
final class FilterRules {
  /** How many tracked connections one step may have, so that it cannot fill the machine's table. */
  private static final int CONNECTIONS = 8192;

  private static final int REFUSALS = 32;
  private static final int OPENED = 1024;

  private final NetworkSettings settings;
  private final Subnet subnet;
  private final int forwarderPort;
  private final String table;

  FilterRules(NetworkSettings settings, Subnet subnet, int forwarderPort) {
    this.settings = settings;
    this.subnet = subnet;
    this.forwarderPort = forwarderPort;
    this.table = table(settings.name());
  }

  /** The table's family and name. */
  static String table(String name) {
    return "inet " + name;
  }

  /** Removes an installation's table if there is one. */
  static String removal(String name) {
    return "table " + table(name) + "\ndelete table " + table(name) + "\n";
  }

  /** The whole table without steps, in the place of an earlier one. */
  String base() {
    String ours = "\"" + settings.name() + "*\"";
    // Look-ups go to the forwarder before another program's redirection of the same port is asked.
    return removal(settings.name())
        + """
        table %s {
          set refused { type ipv4_addr; flags interval; auto-merge; %s
          }
          map steps { type ifname . ipv4_addr : verdict
          }
          map sent { type ipv4_addr : counter
          }
          map received { type ipv4_addr : counter
          }
          chain operator {
            %s
          }
          chain outgoing {
            meta nfproto != ipv4 drop
            iifname . ip saddr vmap @steps
            drop
          }
          chain incoming {
            ct state established,related accept
            drop
          }
          chain passing {
            type filter hook forward priority -10; policy accept;
            iifname %s jump outgoing
            oifname %s jump incoming
          }
          chain arriving {
            type filter hook input priority -10; policy accept;
            iifname %s jump outgoing
            %s
          }
          chain counted {
            type filter hook postrouting priority -10; policy accept;
            counter name ip saddr map @sent
            counter name ip daddr map @received
          }
          chain lookups {
            type nat hook prerouting priority -110; policy accept;
            iifname %s ip daddr %s meta l4proto { tcp, udp } th dport 53 redirect to :%d
          }
          chain leaving {
            type nat hook postrouting priority 100; policy accept;
            ip saddr %s oifname != %s masquerade
          }
        }
        """
            .formatted(
                table,
                ranges(),
                lines(settings.allowed(), "accept"),
                ours,
                ours,
                ours,
                strays(),
                ours,
                subnet.gateway().getHostAddress(),
                forwarderPort,
                subnet.range(),
                ours);
  }

  /**
   * A packet of a step's connection that the tracking takes for none is not translated back: it
   * would come to the gateway itself, whose reset then ends the connection. Some of pasta's are
   * such packets, without any flag. On the machine's own network they may be another program's.
   */
  private String strays() {
    return settings.inside().isPresent() ? "ct state invalid drop" : "";
  }

  private String ranges() {
    String ranges =
        settings.refused().stream()
            .filter(AddressRange::isFour)
            .map(AddressRange::toString)
            .collect(Collectors.joining(", "));
    return ranges.isEmpty() ? "" : "elements = { " + ranges + " }";
  }

  private static String lines(List<AllowedAddress> addresses, String verdict) {
    return addresses.stream()
        .map(address -> match(address) + " " + verdict)
        .collect(Collectors.joining("\n    "));
  }

  private static String match(AllowedAddress address) {
    String range = "ip daddr " + address.range();
    return address.port().isEmpty()
        ? range
        : range + " meta l4proto { tcp, udp } th dport " + address.port().getAsInt();
  }

  /** Adds a step that reaches everything that the installation permits. */
  String step(Slot slot) {
    var text = new StringBuilder();
    for (String counter : List.of("sent", "received", "refused")) {
      add(text, "counter", slot.named(counter), "");
    }
    add(
        text,
        "set",
        slot.named("seen"),
        "{ type ipv4_addr . inet_proto . inet_service; size %d; flags dynamic; counter; }"
            .formatted(REFUSALS));
    add(
        text,
        "set",
        slot.named("strange"),
        "{ type ipv4_addr . inet_proto; size %d; flags dynamic; counter; }".formatted(REFUSALS));
    String refuse = slot.named("refuse");
    String refused = "goto " + refuse;
    add(text, "chain", refuse, "");
    rule(text, refuse, "counter name " + slot.named("refused"));
    rule(
        text,
        refuse,
        "meta l4proto { tcp, udp } add @%s { ip daddr . meta l4proto . th dport }"
            .formatted(slot.named("seen")));
    rule(
        text,
        refuse,
        "meta l4proto != { tcp, udp } add @%s { ip daddr . meta l4proto }"
            .formatted(slot.named("strange")));
    rule(text, refuse, "meta l4proto tcp reject with tcp reset");
    rule(text, refuse, "drop");
    String permitted = slot.named("permitted");
    add(text, "chain", permitted, "");
    rule(text, permitted, "jump operator");
    rule(text, permitted, "fib daddr type local " + refused);
    rule(text, permitted, "ip daddr @refused " + refused);
    rule(text, permitted, "accept");
    add(text, "chain", slot.named("step"), "");
    head(text, slot);
    rule(text, slot.named("step"), "goto " + permitted);
    element(
        text,
        "steps",
        "\"" + slot.device() + "\" . " + slot.ip() + " : jump " + slot.named("step"));
    for (String counter : List.of("sent", "received")) {
      element(text, counter, slot.ip() + " : \"" + slot.named(counter) + "\"");
    }
    return text.toString();
  }

  private void head(StringBuilder text, Slot slot) {
    String step = slot.named("step");
    String refused = "goto " + slot.named("refuse");
    rule(text, step, "ct state invalid drop");
    rule(text, step, "ct state new ct count over " + CONNECTIONS + " " + refused);
    rule(
        text,
        step,
        "ip daddr %s meta l4proto { tcp, udp } th dport %d accept"
            .formatted(subnet.gateway().getHostAddress(), forwarderPort));
    rule(text, step, "ip daddr " + subnet.range() + " " + refused);
  }

  /** Narrows a step that was added. */
  String narrowed(Slot slot, StepPolicy policy) {
    var text = new StringBuilder();
    add(text, "set", slot.named("opened"), "{ type ipv4_addr; size %d; }".formatted(OPENED));
    int count = policy.narrowings().size();
    for (int i = 0; i < count; i++) {
      add(text, "chain", narrowing(slot, i), "");
    }
    for (int i = 0; i < count; i++) {
      String next = i + 1 < count ? narrowing(slot, i + 1) : slot.named("permitted");
      for (AllowedAddress address : policy.narrowings().get(i).addresses()) {
        rule(text, narrowing(slot, i), match(address) + " goto " + next);
      }
      rule(text, narrowing(slot, i), "goto " + slot.named("refuse"));
    }
    text.append("flush chain ").append(table).append(' ').append(slot.named("step")).append('\n');
    head(text, slot);
    rule(
        text,
        slot.named("step"),
        "ip daddr @" + slot.named("opened") + " goto " + slot.named("permitted"));
    rule(text, slot.named("step"), "goto " + narrowing(slot, 0));
    return text.toString();
  }

  /** Lets a narrowed step reach addresses that one of its names stands for. */
  String opened(Slot slot, List<String> addresses) {
    var text = new StringBuilder();
    element(text, slot.named("opened"), String.join(", ", addresses));
    return text.toString();
  }

  /** Takes a step out again. */
  String removed(Slot slot, StepPolicy policy) {
    var text = new StringBuilder();
    delete(text, "element", "steps { \"%s\" . %s }".formatted(slot.device(), slot.ip()));
    delete(text, "element", "sent { %s }".formatted(slot.ip()));
    delete(text, "element", "received { %s }".formatted(slot.ip()));
    var chains = new java.util.ArrayList<String>();
    chains.add(slot.named("step"));
    for (int i = 0; i < policy.narrowings().size(); i++) {
      chains.add(narrowing(slot, i));
    }
    chains.add(slot.named("permitted"));
    chains.add(slot.named("refuse"));
    for (String chain : chains) {
      text.append("flush chain ").append(table).append(' ').append(chain).append('\n');
    }
    chains.forEach(chain -> delete(text, "chain", chain));
    if (!policy.narrowings().isEmpty()) {
      delete(text, "set", slot.named("opened"));
    }
    delete(text, "set", slot.named("seen"));
    delete(text, "set", slot.named("strange"));
    for (String counter : List.of("sent", "received", "refused")) {
      delete(text, "counter", slot.named(counter));
    }
    return text.toString();
  }

  /** How many addresses can be opened for one step. */
  static int mostOpened() {
    return OPENED;
  }

  private static String narrowing(Slot slot, int index) {
    return slot.named("only" + index);
  }

  private void add(StringBuilder text, String kind, String name, String rest) {
    text.append("add %s %s %s %s\n".formatted(kind, table, name, rest));
  }

  private void delete(StringBuilder text, String kind, String what) {
    text.append("delete %s %s %s\n".formatted(kind, table, what));
  }

  private void rule(StringBuilder text, String chain, String rule) {
    text.append("add rule %s %s %s\n".formatted(table, chain, rule));
  }

  private void element(StringBuilder text, String set, String element) {
    text.append("add element %s %s { %s }\n".formatted(table, set, element));
  }
}
