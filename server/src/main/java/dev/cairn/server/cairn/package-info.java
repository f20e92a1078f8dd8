/**
 * Cairn's own API under {@code /api/v1}, the one that can say everything the model can. Its
 * contract is {@code openapi.yaml} beside these classes; a test holds the two together.
 */
@NullMarked
package dev.cairn.server.cairn;

import org.jspecify.annotations.NullMarked;
