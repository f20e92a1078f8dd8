/**
 * The Dockerfile language: text to checked instructions. Pure: no files, no network, no clock.
 *
 * <p>How a file flows:
 *
 * <table>
 * <caption>From bytes to what a build needs</caption>
 * <tr><th>step</th><th>class</th><th>what it knows</th></tr>
 * <tr><td>bytes to lines</td><td>{@code SourceLines}</td>
 *     <td>byte order mark, line ends, size limits</td></tr>
 * <tr><td>lines to directives</td><td>{@code DirectiveParser}</td>
 *     <td>{@code # syntax=}, {@code # escape=}, {@code # check=}</td></tr>
 * <tr><td>lines to nodes</td><td>{@code NodeReader}</td>
 *     <td>comments, continuations, heredoc bodies, keyword and flags; not what they mean</td></tr>
 * <tr><td>nodes to instructions</td><td>{@code InstructionParser}</td>
 *     <td>each keyword's grammar, JSON forms, flag types</td></tr>
 * <tr><td>instructions to stages</td><td>{@link dev.cairn.dockerfile.Dockerfile}</td>
 *     <td>global arguments, stages, order</td></tr>
 * <tr><td>stages to a graph</td><td>{@link dev.cairn.dockerfile.StageGraph}</td>
 *     <td>build arguments, FROM expansion, references, target</td></tr>
 * <tr><td>walking a stage</td><td>{@link dev.cairn.dockerfile.Scope}</td>
 *     <td>which variables an instruction sees; expansion of its words</td></tr>
 * </table>
 *
 * <p>Words stay unexpanded until the walk, because ENV and ARG of earlier lines decide their value.
 * Build checks (lint) read the same model in {@code check}; {@code words}, {@code ignore} and
 * {@code value} are leaves that know nothing of this package.
 */
@NullMarked
package dev.cairn.dockerfile;

import org.jspecify.annotations.NullMarked;
