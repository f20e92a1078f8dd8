package dev.cairn.service.audit;

/** Everything that leaves an entry, and what the entry's object is. */
public enum Action {
  /** A tenant was added; its name. */
  TENANT_CREATED("tenant.created"),
  /** What a tenant may have was changed; its name and the limits. */
  TENANT_LIMITED("tenant.limited"),
  /** A token was made; its id and rights. */
  TOKEN_ISSUED("token.issued"),
  /** A token was made worthless; its id. */
  TOKEN_REVOKED("token.revoked"),
  /** A credential was presented that opens nothing; the address that it came from. */
  LOGIN_REFUSED("login.refused"),
  /** A secret was set or replaced; its id. */
  SECRET_SET("secret.set"),
  /** A secret was removed; its id. */
  SECRET_REMOVED("secret.removed"),
  /** The login for a registry was stored; the registry. */
  REGISTRY_LOGIN_SET("registry-login.set"),
  /** The login for a registry was forgotten; the registry. */
  REGISTRY_LOGIN_REMOVED("registry-login.removed"),
  /** A push to a registry was taken on; its id. */
  PUSH_ACCEPTED("push.accepted"),
  /** A push was asked to stop; its id. */
  PUSH_CANCELLED("push.cancelled"),
  /** A build was taken on; its id. */
  BUILD_ACCEPTED("build.accepted"),
  /** A build was asked to stop; its id. */
  BUILD_CANCELLED("build.cancelled"),
  /** A draft was let into the queue; its id. */
  BUILD_RELEASED("build.released"),
  /** A source was stored; its pack. */
  CONTEXT_STORED("context.stored"),
  /** A blob was uploaded; its digest. */
  BLOB_UPLOADED("blob.uploaded"),
  /** A blob was taken out of a repository; {@code repository@digest}. */
  BLOB_DELETED("blob.deleted"),
  /** An unfinished upload was given up; its id. */
  UPLOAD_ABORTED("upload.aborted"),
  /** A manifest was pushed; {@code repository[:tag]@digest}. */
  IMAGE_PUSHED("image.pushed"),
  /** A tag was moved; {@code repository:tag@digest}. */
  IMAGE_TAGGED("image.tagged"),
  /** A tag was removed; {@code repository:tag}. */
  TAG_DELETED("image.untagged"),
  /** A manifest was removed with its tags; {@code repository@digest}. */
  IMAGE_DELETED("image.deleted"),
  /** An image is pulled from another registry; its name here, and from where. */
  IMAGE_PULLED("image.pulled"),
  /** A named builder was made; its id. */
  BUILDER_CREATED("builder.created"),
  /** A builder's cache was emptied; its id. */
  BUILDER_PRUNED("builder.pruned"),
  /** A builder was removed with its cache; its id. */
  BUILDER_DELETED("builder.deleted"),
  /** Old things were let go of and unreachable bytes deleted; how many. */
  COLLECTION_RUN("collection.run"),
  /** A backup was made; how many blobs and bytes. */
  BACKUP_MADE("backup.made"),
  /** The server was started with a configuration; its version. */
  SERVER_STARTED("server.started"),
  /** Old entries of this log were moved to a file; their numbers. */
  AUDIT_FILED("audit.filed");

  private final String text;

  Action(String text) {
    this.text = text;
  }

  /** As it stands in entries. */
  public String text() {
    return text;
  }
}
