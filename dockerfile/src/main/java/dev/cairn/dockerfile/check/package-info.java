/** Build checks: advice on a Dockerfile that builds, each rule under BuildKit's name. */
@NullMarked
package dev.cairn.dockerfile.check;

import org.jspecify.annotations.NullMarked;
