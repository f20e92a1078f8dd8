package dev.cairn.service.push;

import dev.cairn.build.BuildException;
import dev.cairn.build.BuildFailure;
import dev.cairn.build.FailureKind;
import dev.cairn.build.Inputs;
import dev.cairn.build.Phase;
import dev.cairn.build.Publisher;
import dev.cairn.oci.Reference;
import dev.cairn.oci.registry.Credential;
import dev.cairn.service.Push;
import dev.cairn.service.json.ModelJson;
import dev.cairn.service.secret.BuildCredentials;
import dev.cairn.service.secret.SecretMasker;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One attempt at a push, on a thread of its own. */
final class RunningPush {
  private static final Logger log = LoggerFactory.getLogger(RunningPush.class);

  /** Why it is stopped from outside. */
  enum Stop {
    CANCELLED,
    TIMEOUT,
    /** The server goes down, or somebody else has it: it is not ours to end. */
    LET_GO
  }

  /** How it ended; empty if it is not ours to end. */
  record End(Push.State state, Optional<BuildFailure> failure) {}

  /** What pushes run with. */
  record Tools(
      Publisher publisher,
      BuildCredentials stored,
      SentLogins sent,
      RegistryMemory memory,
      PushClaims claims) {}

  private final PushClaims.Claimed claimed;
  private final Duration limit;
  private final SecretMasker masker = new SecretMasker();
  private Optional<Stop> stop = Optional.empty();
  private Optional<Thread> thread = Optional.empty();

  RunningPush(PushClaims.Claimed claimed, Duration limit) {
    this.claimed = claimed;
    this.limit = limit;
  }

  Push push() {
    return claimed.push();
  }

  /** Stops it; the first reason counts. */
  synchronized void stop(Stop reason) {
    if (stop.isEmpty()) {
      stop = Optional.of(reason);
      thread.ifPresent(Thread::interrupt);
    }
  }

  private synchronized void begin() {
    thread = Optional.of(Thread.currentThread());
    if (stop.isPresent()) {
      Thread.currentThread().interrupt();
    }
  }

  /** No interrupt comes after this. */
  private synchronized Optional<Stop> end() {
    thread = Optional.empty();
    boolean interrupted = Thread.interrupted();
    log.trace("push {} left its work, interrupted: {}", push().id(), interrupted);
    return stop;
  }

  /** Works until the end of the attempt. */
  Optional<End> run(Tools tools) {
    begin();
    Optional<BuildException> problem = Optional.empty();
    boolean done = false;
    try {
      work(tools);
      done = true;
    } catch (InterruptedException e) {
      problem = Optional.of(failure("push-interrupted", "the push was interrupted"));
    } catch (BuildException e) {
      problem = Optional.of(e);
    } catch (RuntimeException e) {
      log.error("push {} failed by a fault of ours", push().id(), e);
      problem = Optional.of(failure("internal", "the push failed by a fault of the server"));
    }
    Optional<Stop> stopped = end();
    if (done) {
      return Optional.of(new End(Push.State.SUCCEEDED, Optional.empty()));
    }
    if (stopped.isPresent()) {
      return switch (stopped.get()) {
        case CANCELLED -> Optional.of(new End(Push.State.CANCELLED, Optional.empty()));
        case TIMEOUT -> Optional.of(failed(timeout()));
        case LET_GO -> Optional.empty();
      };
    }
    return problem.map(this::failed);
  }

  private void work(Tools tools) throws InterruptedException {
    Push push = push();
    var progress =
        new PushProgress(masker, now -> tools.claims().progress(push.id(), ModelJson.write(now)));
    var order =
        new Publisher.Order(
            claimed.tenant(), push.to(), login(tools), tools.memory().of(claimed.tenant()));
    try (var transfer = tools.publisher().open(order, progress)) {
      transfer.finish(push.manifest());
    } finally {
      tools.claims().progress(push.id(), ModelJson.write(progress.now()));
    }
  }

  private Optional<Credential> login(Tools tools) {
    if (claimed.sendsLogin()) {
      return Optional.of(
          tools
              .sent()
              .open(push().id(), masker)
              .orElseThrow(() ->
                  BuildException.of(FailureKind.CREDENTIAL, "sent-login-gone")
                      .retryable()
                      .remedy("push again with the login, or store it: cairn registry login")
                      .sentence(
                          "the login that came with the push is gone, because the machine was"
                              + " restarted")));
    }
    Reference target = push().to().reference();
    return tools
        .stored()
        .stored(
            claimed.tenant(),
            target.registry().value(),
            target.repository().value(),
            Inputs.Purpose.PUSH,
            masker);
  }

  private BuildException timeout() {
    return BuildException.of(FailureKind.TIMEOUT, "push-timeout")
        .retryable()
        .remedy("push again: what has arrived is not sent again")
        .sentence(
            "timeout: the push to "
                + push().to().reference()
                + " took longer than its limit of "
                + limit.toSeconds()
                + " seconds");
  }

  private static BuildException failure(String code, String sentence) {
    return BuildException.of(FailureKind.INTERNAL, code)
        .retryable()
        .remedy("push again; if it happens again, tell the operator the push's id")
        .sentence(sentence);
  }

  private End failed(BuildException e) {
    BuildFailure plain = e.toFailure(Phase.PUBLISH, push().attempt(), PushClaims.ATTEMPTS);
    return new End(
        Push.State.FAILED,
        Optional.of(
            new BuildFailure(
                plain.code(),
                plain.kind(),
                masker.mask(plain.sentence()),
                masker.mask(plain.remedy()),
                plain.retryable(),
                plain.phase(),
                plain.place(),
                plain.step(),
                plain.exitCode(),
                plain.attempt(),
                plain.attempts(),
                plain.usage())));
  }
}
