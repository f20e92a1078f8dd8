/**
 * The one HTTP client of the house. It resolves a name once, checks every address against the
 * operator's {@link dev.cairn.oci.http.AddressPolicy}, connects to the checked address and checks
 * again at each redirect, so that no name, redirect or second answer of a resolver leads inside.
 */
@NullMarked
package dev.cairn.oci.http;

import org.jspecify.annotations.NullMarked;
