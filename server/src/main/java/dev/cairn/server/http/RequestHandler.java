package dev.cairn.server.http;

import dev.cairn.service.Actor;
import dev.cairn.service.ServiceException;
import io.helidon.http.HeaderValues;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.RoutingResponse;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes every request of one listener through router, gate, handler, error body and access log. */
final class RequestHandler {
  private static final Logger LOG = LoggerFactory.getLogger("cairn.access");
  private static final Pattern REQUEST_ID = Pattern.compile("[A-Za-z0-9._-]{1,64}");

  /** How much of an unread body is swallowed, so that the client reads the answer. */
  private static final int LINGER = 256 << 10;

  private final Router router;
  private final Gate gate;
  private final RequestObserver observer;
  private final HttpOptions.BodyRate rate;
  private final BodyTurns turns;
  private final SecureRandom random = new SecureRandom();

  RequestHandler(
      Router router,
      Gate gate,
      RequestObserver observer,
      HttpOptions.BodyRate rate,
      BodyTurns turns) {
    this.router = router;
    this.gate = gate;
    this.observer = observer;
    this.rate = rate;
    this.turns = turns;
  }

  void handle(ServerRequest serverRequest, ServerResponse serverResponse, Patience patience) {
    patience.requestBegins();
    try {
      answer(serverRequest, serverResponse, patience);
    } finally {
      patience.requestEnds();
    }
  }

  private void answer(
      ServerRequest serverRequest, ServerResponse serverResponse, Patience patience) {
    long start = System.nanoTime();
    String method = serverRequest.prologue().method().text();
    String id = requestId(serverRequest);
    var response = new Response(serverResponse, method.equals("HEAD"), patience);
    response.header("X-Request-Id", id);
    response.header("X-Content-Type-Options", "nosniff");
    Dialect dialect = router.byPrefix(serverRequest.prologue().uriPath().rawPath());
    String route = "";
    Request request = null;
    try {
      request = new Request(serverRequest, id, rate, turns);
      var match = router.find(method, request.rawPath());
      dialect = match.dialect();
      switch (match) {
        case Router.Match.Nothing _ ->
            throw new ApiException(404, "there is nothing at this address");
        case Router.Match.WrongMethod wrong ->
            throw new ApiException(405, "this address has no " + plain(method))
                .header(
                    "Allow",
                    wrong.allowed().stream().map(Method::name).collect(Collectors.joining(", ")));
        case Router.Match.Found found -> {
          route = found.route().path().text();
          request.matched(found.parameters(), found.route().bodyLimit());
          admitted(found.route(), request, dialect);
          served(found.route(), request, response);
        }
      }
      if (!response.started()) {
        throw new IllegalStateException(route + " sent no response");
      }
    } catch (ApiException e) {
      refuse(e, request, response, dialect);
    } catch (ServiceException e) {
      refuse(dialect.translate(e), request, response, dialect);
    } catch (BrokenBodyException e) {
      throw cut(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw cut(e);
    } catch (IOException e) {
      if (response.started()) {
        throw cut(e);
      }
      LOG.error("request {} to {} failed", id, route, e);
      refuse(internal(), request, response, dialect);
    } catch (Exception e) {
      LOG.error("request {} to {} failed", id, route, e);
      refuse(internal(), request, response, dialect);
    } finally {
      if (request != null) {
        request.end();
      }
      finished(request, response, plain(method), route, System.nanoTime() - start);
    }
    if (serverRequest.headers().contains(HeaderValues.CONNECTION_CLOSE)) {
      // The web server would wait for the client to close; some wait for us. The end of a streamed
      // body is only written by the commit that this exception would skip.
      if (serverResponse instanceof RoutingResponse routed) {
        routed.commit();
      }
      throw new CloseConnectionException("the client asked to close");
    }
  }

  /** What is noted of the attempt is noted without a name: the credential has yet to prove one. */
  private void admitted(Route route, Request request, Dialect dialect) {
    new Actor("", request.id(), request.peer())
        .call(() -> {
          gate.check(route.access(), request, dialect);
          return true;
        });
  }

  private static void served(Route route, Request request, Response response) throws Exception {
    new Actor(request.callerToken(), request.id(), request.peer())
        .call(() -> {
          route.handler().handle(request, response);
          return true;
        });
  }

  private static ApiException internal() {
    return new ApiException(
        500, "something went wrong on our side; the log has it by this request's id");
  }

  private static void refuse(
      ApiException e, @Nullable Request request, Response response, Dialect dialect) {
    if (response.started()) {
      throw cut(e);
    }
    boolean unread = request != null && leavesBodyUnread(request);
    if (unread) {
      response.closeConnection();
    }
    e.headers().forEach(response::header);
    dialect.error(e, response);
    if (unread) {
      // The rest of the body must not be taken for the next request.
      throw cut(e);
    }
  }

  /** Swallows a little of what the client still sends; whether more is on its way after that. */
  private static boolean leavesBodyUnread(Request request) {
    if (!request.bodyUnread()) {
      return false;
    }
    var scratch = new byte[8192];
    int swallowed = 0;
    try (InputStream body = request.body()) {
      while (swallowed < LINGER) {
        int count = body.read(scratch);
        if (count < 0) {
          return false;
        }
        swallowed += count;
      }
    } catch (IOException | ApiException e) {
      // The answer matters, not what was left of the body.
      LOG.trace("gave up on the rest of a body", e);
    }
    return true;
  }

  private static CloseConnectionException cut(Exception cause) {
    return new CloseConnectionException("the connection is cut", cause);
  }

  private String requestId(ServerRequest request) {
    return request
        .headers()
        .first(io.helidon.http.HeaderNames.create("X-Request-Id"))
        .filter(given -> REQUEST_ID.matcher(given).matches())
        .orElseGet(() -> {
          var bytes = new byte[8];
          random.nextBytes(bytes);
          return HexFormat.of().formatHex(bytes);
        });
  }

  /** Never the query, never a header: they may hold secrets. */
  private void finished(
      @Nullable Request request, Response response, String method, String route, long nanos) {
    observer.finished(method, route, response.status(), nanos);
    var line =
        LOG.atInfo()
            .addKeyValue("method", method)
            .addKeyValue("route", route)
            .addKeyValue("status", response.status())
            .addKeyValue("bytes", response.bytesWritten())
            .addKeyValue("ms", nanos / 1_000_000);
    if (request != null) {
      line =
          line.addKeyValue("request", request.id())
              .addKeyValue("peer", request.peer())
              .addKeyValue("tenant", request.callerTenant())
              .addKeyValue("token", request.callerToken());
    }
    line.log("request");
  }

  private static String plain(String method) {
    return method.matches("[A-Z]{1,10}") ? method : "OTHER";
  }
}
