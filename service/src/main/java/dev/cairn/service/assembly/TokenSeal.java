package dev.cairn.service.assembly;

import dev.cairn.service.access.ExchangedTokens;
import dev.cairn.service.secret.SealingKey;
import java.util.Optional;

/** Seals tokens of the registry with the installation's key, so that all its servers know them. */
record TokenSeal(SealingKey key) implements ExchangedTokens.Seal {
  private static final String PLACE = "registry token";

  @Override
  public byte[] close(byte[] plain) {
    return key.seal(plain, PLACE);
  }

  @Override
  public Optional<byte[]> open(byte[] sealed) {
    try {
      return Optional.of(key.open(sealed, PLACE));
    } catch (SealingKey.BadSealException e) {
      return Optional.empty();
    }
  }
}
