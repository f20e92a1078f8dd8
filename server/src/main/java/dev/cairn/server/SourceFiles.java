package dev.cairn.server;

import dev.cairn.build.TenantId;
import dev.cairn.content.FileTree;
import dev.cairn.oci.Digest;
import java.io.IOException;

/** Looks into an uploaded source before it is built. */
@FunctionalInterface
public interface SourceFiles {

  /** The files of a pack that the tenant has just uploaded; the caller closes them. */
  FileTree open(TenantId tenant, Digest pack) throws IOException;
}
