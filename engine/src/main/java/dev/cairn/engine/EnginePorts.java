package dev.cairn.engine;

import dev.cairn.build.BlobLeases;
import dev.cairn.build.CacheRecords;
import dev.cairn.build.Credentials;
import dev.cairn.build.Secrets;
import dev.cairn.build.Sources;
import dev.cairn.engine.base.LocalImages;

/** Whom the engine asks. */
public record EnginePorts(
    Sources sources,
    Secrets secrets,
    Credentials credentials,
    CacheRecords records,
    BlobLeases leases,
    LocalImages images) {}
