/**
 * The registry under {@code /v2/}: what docker, podman and skopeo need of the OCI distribution
 * specification 1.1. It shares the blob store, so what a build published is here without a copy.
 */
@NullMarked
package dev.cairn.server.registry;

import org.jspecify.annotations.NullMarked;
