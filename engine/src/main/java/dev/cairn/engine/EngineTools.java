package dev.cairn.engine;

import dev.cairn.build.TenantId;
import dev.cairn.content.blob.BlobStore;
import dev.cairn.content.compress.CompressionPool;
import dev.cairn.content.compress.SegmentCache;
import dev.cairn.oci.http.HttpFetcher;
import dev.cairn.oci.registry.RegistryClient;
import java.util.function.Function;

/**
 * What the engine works with and does not own.
 *
 * @param blobs shared with our registry
 * @param pool whose threads compress
 * @param segments compressed pieces of earlier layers, by tenant: nobody learns from the time that
 *     a build takes what others have compressed
 * @param registry a client without logins, for bases
 * @param fetcher the address-checking client, for ADD
 */
public record EngineTools(
    BlobStore blobs,
    CompressionPool pool,
    Function<TenantId, SegmentCache> segments,
    RegistryClient registry,
    HttpFetcher fetcher) {}
