package dev.cairn.linux.dns;

import java.io.IOException;
import java.net.InetAddress;
import java.util.List;

/** Somebody who asks for names, and what may be answered to them. Called from many threads. */
public interface NameClient {
  /** Whether the name may be asked for at all; a refusal is remembered. */
  boolean mayAsk(String name);

  /**
   * Whether an answer with these addresses may be delivered; a refusal is remembered. If it may,
   * they can be reached when this returns.
   *
   * @throws IOException if they could not be opened; then nothing is delivered
   */
  boolean mayHave(String name, List<InetAddress> addresses) throws IOException;
}
