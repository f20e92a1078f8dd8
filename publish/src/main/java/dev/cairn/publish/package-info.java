/**
 * Where an image goes to besides our own registry. A push is: read the manifests from the blob
 * store, send the blobs they name side by side, each only if it is missing there, then the
 * manifests from the inside out, and the tag last of all.
 */
@NullMarked
package dev.cairn.publish;

import org.jspecify.annotations.NullMarked;
