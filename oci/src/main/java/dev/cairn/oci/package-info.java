/**
 * Digests, references, manifests, configs, platform choice, the registry client and the
 * address-checking HTTP client.
 */
@NullMarked
package dev.cairn.oci;

import org.jspecify.annotations.NullMarked;
