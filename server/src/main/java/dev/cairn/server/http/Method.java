package dev.cairn.server.http;

/** The HTTP methods that routes may have. */
public enum Method {
  GET,
  HEAD,
  POST,
  PUT,
  PATCH,
  DELETE
}
