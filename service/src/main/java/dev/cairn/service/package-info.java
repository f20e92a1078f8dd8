/**
 * The life of a build: acceptance, queue, leases, limits, tenants, tokens, secrets, event logs,
 * retention, recovery.
 */
@NullMarked
package dev.cairn.service;

import org.jspecify.annotations.NullMarked;
