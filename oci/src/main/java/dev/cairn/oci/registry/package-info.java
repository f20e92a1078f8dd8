/**
 * The client of registries (OCI distribution specification 1.1): what it hands out has been checked
 * against the digest and size asked for, and what it sends goes to the host it is meant for.
 */
@NullMarked
package dev.cairn.oci.registry;

import org.jspecify.annotations.NullMarked;
