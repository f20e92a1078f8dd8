/** Our own registry's rows: names, manifests, the right to bytes, leases, records, collection. */
@NullMarked
package dev.cairn.service.image;

import org.jspecify.annotations.NullMarked;
