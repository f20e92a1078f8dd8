package dev.cairn.server.http;

import dev.cairn.service.ServiceException;
import java.util.List;

/** One API: its routes and the form of its errors. */
public interface Dialect {

  /** Its name, as in {@code hypeman}; listeners choose dialects by it. */
  String name();

  /** What its paths begin with, for the error body of a path without a route. */
  String prefix();

  /** The same, of a dialect whose paths begin in several ways. */
  default List<String> prefixes() {
    return List.of(prefix());
  }

  /** Its routes. */
  List<Route> routes();

  /** Sends an error in the dialect's form; headers of the exception are set already. */
  void error(ApiException problem, Response response);

  /** What the service refused, as an error of this dialect. */
  default ApiException translate(ServiceException refused) {
    return ServiceErrors.translate(refused, refused.code());
  }

  /** The {@code WWW-Authenticate} header of a 401. */
  default String challenge(Request request) {
    return "Bearer";
  }
}
