/**
 * The life of a build: accepted durably, queued, run under a lease, finished in one write.
 *
 * <p>This package is what a dialect sees: {@link dev.cairn.service.Builds}, {@link
 * dev.cairn.service.Events}, {@link dev.cairn.service.Contexts}, {@link dev.cairn.service.Images},
 * {@link dev.cairn.service.Blobs}, {@link dev.cairn.service.Tokens}, {@link
 * dev.cairn.service.Tenants} and {@link dev.cairn.service.TenantSecrets}. The packages below it are
 * how: {@code store} (the database), {@code access} (tenants, tokens), {@code secret}, {@code log}
 * (event logs), {@code queue} (order and running), {@code image} (names, rights, collection),
 * {@code context}, and {@code assembly}, which puts them together.
 */
@NullMarked
package dev.cairn.service;

import org.jspecify.annotations.NullMarked;
