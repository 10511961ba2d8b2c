# Benchmarks: one executable for each of bench/*.cc.
find_package(benchmark REQUIRED)
foreach(bench bench_api startup)
  linum_program(${bench} bench/${bench}.cc)
  linum_fast_allocator(${bench})
  target_link_libraries(${bench} PRIVATE linum_workloads benchmark::benchmark)
endforeach()
