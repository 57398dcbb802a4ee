import type { MemoryPlan } from './memory.ts';

/** The engine's server configuration: a library sizes itself to the whole machine, which it must not here. */
export function renderClickhouseConfig(memory: MemoryPlan, cores: number): string {
  const pool = Math.max(2, Math.min(8, cores));
  return `<!-- Written by Tandem at each start. -->
<clickhouse>
  <logger><level>none</level></logger>
  <timezone>UTC</timezone>
  <max_server_memory_usage>${memory.clickhouseBytes}</max_server_memory_usage>
  <mark_cache_size>${memory.clickhouseMarkCacheBytes}</mark_cache_size>
  <index_mark_cache_size>0</index_mark_cache_size>
  <uncompressed_cache_size>0</uncompressed_cache_size>
  <index_uncompressed_cache_size>0</index_uncompressed_cache_size>
  <mmap_cache_size>64</mmap_cache_size>
  <query_cache><max_size_in_bytes>0</max_size_in_bytes></query_cache>
  <compiled_expression_cache_size>16777216</compiled_expression_cache_size>
  <max_thread_pool_size>${64 + cores * 32}</max_thread_pool_size>
  <background_pool_size>${pool}</background_pool_size>
  <background_merges_mutations_concurrency_ratio>2</background_merges_mutations_concurrency_ratio>
  <merges_mutations_memory_usage_soft_limit>${Math.floor(memory.clickhouseBytes / 2)}</merges_mutations_memory_usage_soft_limit>
  <background_schedule_pool_size>${Math.max(8, cores * 2)}</background_schedule_pool_size>
  <background_fetches_pool_size>1</background_fetches_pool_size>
  <background_common_pool_size>4</background_common_pool_size>
  <background_distributed_schedule_pool_size>1</background_distributed_schedule_pool_size>
  <merge_tree>
    <number_of_free_entries_in_pool_to_execute_mutation>${pool}</number_of_free_entries_in_pool_to_execute_mutation>
    <number_of_free_entries_in_pool_to_lower_max_size_of_merge>${pool}</number_of_free_entries_in_pool_to_lower_max_size_of_merge>
    <number_of_free_entries_in_pool_to_execute_optimize_entire_partition>${pool}</number_of_free_entries_in_pool_to_execute_optimize_entire_partition>
  </merge_tree>
  <profiles>
    <default>
      <max_memory_usage>${memory.clickhouseQueryBytes}</max_memory_usage>
    </default>
  </profiles>
</clickhouse>
`;
}
