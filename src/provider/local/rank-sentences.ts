import { UndirectedGraph } from 'graphology';
import pagerankModule from 'graphology-metrics/centrality/pagerank.js';
import type { Similarity } from './similarity.ts';

/** The module is the function itself; its typings put it one step deeper. */
const pagerank = pagerankModule as unknown as typeof pagerankModule.default;

/** Edges kept for a sentence: its nearest neighbours, so that 400 sentences take 5 ms instead of 50. */
const NEIGHBOURS = 12;
/** Less likeness than this is chance. */
const LEAST_LIKENESS = 0.03;

/**
 * How central each sentence is, 1 on average: PageRank on the graph of likeness (Mihalcea and Tarau, "TextRank:
 * Bringing Order into Texts", 2004).
 */
export function rankSentences(similarity: Similarity): number[] {
  const { size } = similarity;
  const graph = new UndirectedGraph();
  for (let at = 0; at < size; at += 1) graph.addNode(at);
  for (let at = 0; at < size; at += 1) {
    for (const [other, weight] of nearest(similarity, at)) {
      if (other > at || !graph.hasEdge(at, other)) graph.mergeEdge(at, other, { weight });
    }
  }
  const ranks = pagerank(graph, { getEdgeWeight: 'weight', tolerance: 1e-4 });
  return Array.from({ length: size }, (_, at) => (ranks[at] ?? 0) * size);
}

function nearest(similarity: Similarity, at: number): [other: number, weight: number][] {
  const edges: [number, number][] = [];
  for (let other = 0; other < similarity.size; other += 1) {
    const weight = similarity.between(at, other);
    if (other !== at && weight >= LEAST_LIKENESS) edges.push([other, weight]);
  }
  if (edges.length <= NEIGHBOURS) return edges;
  return edges.sort(([, a], [, b]) => b - a).slice(0, NEIGHBOURS);
}
