package dev.cairn.service.secret;

import dev.cairn.build.BuildException;
import dev.cairn.build.BuildId;
import dev.cairn.build.BuildJob;
import dev.cairn.build.BuildRequest;
import dev.cairn.build.FailureKind;
import dev.cairn.build.Inputs;
import dev.cairn.build.SealedBytes;
import dev.cairn.build.Secrets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * The secrets of running builds. Whatever is given out is masked in the build's log from then on.
 */
public final class BuildSecrets implements Secrets {
  private final StoredSecrets stored;
  private final SentValues sent;
  private final SealingKey key;
  private final Map<BuildId, SecretMasker> maskers = new ConcurrentHashMap<>();

  /** Secrets from these two places. */
  public BuildSecrets(StoredSecrets stored, SentValues sent, SealingKey key) {
    this.stored = stored;
    this.sent = sent;
    this.key = key;
  }

  /**
   * Gets ready for a build: its masker knows every value before its first event.
   *
   * @throws BuildException of kind CREDENTIAL if a value that was sent is gone
   */
  public SecretMasker begin(BuildJob job) {
    SecretMasker masker = masker(job.id());
    if (sendsValues(job.request())) {
      var values = sent.openAll(job.id()).orElseThrow(BuildSecrets::gone);
      values
          .values()
          .forEach(value -> {
            masker.add(value);
            java.util.Arrays.fill(value, (byte) 0);
          });
    }
    inputs(job.request())
        .forEach(input -> {
          if (input instanceof Inputs.SecretInput.Stored named) {
            storedValue(job, named.id()).ifPresent(masker::add);
          }
        });
    return masker;
  }

  /** The masker of a build, made if there is none. */
  public SecretMasker masker(BuildId build) {
    return maskers.computeIfAbsent(build, _ -> new SecretMasker());
  }

  /** Ends a build's attempt. */
  public void end(BuildId build) {
    maskers.remove(build);
  }

  /** Whether values came with the request. */
  public static boolean sendsValues(BuildRequest request) {
    return request.contexts().values().stream().anyMatch(context -> !context.added().isEmpty())
        || inputs(request).anyMatch(input -> input instanceof Inputs.SecretInput.Sent);
  }

  private static Stream<Inputs.SecretInput> inputs(BuildRequest request) {
    return Stream.concat(
        request.inputs().secrets().values().stream(),
        request.inputs().registryCredentials().stream().map(Inputs.CredentialInput::secret));
  }

  @Override
  public Optional<byte[]> value(BuildJob job, String id) {
    return Optional.ofNullable(job.request().inputs().secrets().get(id))
        .map(input -> value(job, input));
  }

  /** The value behind an input. */
  public byte[] value(BuildJob job, Inputs.SecretInput input) {
    byte[] value =
        switch (input) {
          case Inputs.SecretInput.Stored named ->
              storedValue(job, named.id())
                  .orElseThrow(() ->
                      missing(
                          "secret-missing",
                          "the secret " + named.id() + " is not stored",
                          "store it with: cairn secret set " + named.id()));
          case Inputs.SecretInput.Sent named ->
              sent.open(job.id(), named.value()).orElseThrow(BuildSecrets::gone);
          case Inputs.SecretInput.FromSource named ->
              throw missing(
                  "secret-source-unsupported",
                  "the secret from the file " + named.path() + " of the source is not supported",
                  "send its value with the request");
          case Inputs.SecretInput.FromSession named ->
              throw missing(
                  "secret-session-unsupported",
                  "the secret " + named.id() + " of the client's session is not supported",
                  "send its value with the request");
        };
    masker(job.id()).add(value);
    return value;
  }

  private Optional<byte[]> storedValue(BuildJob job, String id) {
    try {
      return stored.value(job.tenant(), id);
    } catch (SealingKey.BadSealException e) {
      throw missing(
          "secret-unreadable",
          "the secret " + id + " was stored under another key and cannot be read",
          "set it again");
    }
  }

  @Override
  public byte[] open(BuildJob job, SealedBytes sealed) {
    byte[] value = sent.open(job.id(), sealed).orElseThrow(BuildSecrets::gone);
    masker(job.id()).add(value);
    return value;
  }

  @Override
  public String version(BuildJob job, String id) {
    return value(job, id).map(value -> key.name(job.tenant() + "/" + id, value)).orElse("absent");
  }

  private static BuildException gone() {
    return BuildException.of(FailureKind.CREDENTIAL, "sent-secrets-gone")
        .retryable()
        .remedy("send the secrets again with a new build")
        .sentence(
            "the secrets that came with the request are gone, because the machine was restarted;"
                + " send the secrets again");
  }

  private static BuildException missing(String code, String sentence, String remedy) {
    return BuildException.of(FailureKind.CREDENTIAL, code).remedy(remedy).sentence(sentence);
  }
}
