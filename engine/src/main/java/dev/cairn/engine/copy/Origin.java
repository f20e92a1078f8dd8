package dev.cairn.engine.copy;

import dev.cairn.content.FileTree;
import dev.cairn.content.Node;

/**
 * Where the bytes of a planned file are.
 *
 * @param tree the tree that has them
 * @param file the node to open there
 */
public record Origin(FileTree tree, Node file) {}
