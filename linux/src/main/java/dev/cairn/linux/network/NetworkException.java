package dev.cairn.linux.network;

import java.io.IOException;

/** The network of steps cannot be had: what is wrong and what to do. */
public final class NetworkException extends IOException {
  private static final long serialVersionUID = 1L;
  private final String remedy;

  NetworkException(String sentence, String remedy) {
    super(sentence);
    this.remedy = remedy;
  }

  /** What the operator does about it. */
  public String remedy() {
    return remedy;
  }
}
