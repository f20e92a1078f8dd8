package dev.cairn.app.command;

import dev.cairn.app.client.ServerAddress;
import java.io.IOException;

/** A server that runs in this process. */
public interface ServerHandle extends AutoCloseable {

  /** Where it listens. */
  ServerAddress address();

  /** A token for it with the ordinary rights of its one tenant. */
  String token();

  /** Stops it and waits until nothing of it is left. */
  @Override
  void close() throws IOException;
}
