package dev.cairn.engine;

import dev.cairn.content.blob.BlobStore;
import dev.cairn.content.compress.CompressionPool;
import dev.cairn.content.compress.SegmentCache;
import dev.cairn.oci.http.HttpFetcher;
import dev.cairn.oci.registry.RegistryClient;

/**
 * What the engine works with and does not own.
 *
 * @param blobs shared with our registry
 * @param pool whose threads compress
 * @param segments compressed pieces of earlier layers
 * @param registry a client without logins, for bases
 * @param fetcher the address-checking client, for ADD
 */
public record EngineTools(
    BlobStore blobs,
    CompressionPool pool,
    SegmentCache segments,
    RegistryClient registry,
    HttpFetcher fetcher) {}
