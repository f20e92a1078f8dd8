package dev.cairn.service;

import dev.cairn.build.TenantId;
import java.time.Instant;

/**
 * One who uses the service.
 *
 * @param id the name
 * @param limits what it may have at once
 * @param createdAt when it came
 */
public record Tenant(TenantId id, TenantLimits limits, Instant createdAt) {}
