# Makes cases for the tests of package stats: samples, and what R says about them.
#
#   Rscript cases.R COUNT SEED > cases.txt
#
# COUNT cases of each kind. A line is the kind, the samples and the results, parted by tabs; numbers in a
# field are parted by spaces. NA stands for what R does not compute exactly.

arguments <- commandArgs(trailingOnly = TRUE)
count <- as.integer(arguments[1])
set.seed(as.integer(arguments[2]))
suppressWarnings(suppressMessages({
  library(exactRankTests) # exact with ties
  library(coin)           # the same by other people
  library(diptest)
}))

# As short as reads back as the same number.
show <- function(x) {
  short <- sprintf("%.15g", x)
  paste(ifelse(!is.na(x) & suppressWarnings(as.numeric(short)) == x, short, sprintf("%.17g", x)), collapse = " ")
}
emit <- function(kind, ...) cat(paste(c(kind, sapply(list(...), show)), collapse = "\t"), "\n", sep = "")

# Values without ties, at three decimals, of some shape.
distinct <- function(n) {
  shape <- sample(3, 1)
  x <- switch(shape, rnorm(n), exp(rnorm(n)), rcauchy(n))
  unique(round(x, 3))
}
tied <- function(n) sample(-3:6, n, replace = TRUE)

# Twice the smaller tail, at most 1.
twice <- function(less, greater) min(1, 2 * min(less, greater))
level <- function() sample(c(0.9, 0.95, 0.9875), 1)

cat("# R ", R.version$major, ".", R.version$minor, ", exactRankTests ", as.character(packageVersion("exactRankTests")),
  ", coin ", as.character(packageVersion("coin")), ", diptest ", as.character(packageVersion("diptest")),
  "; ", count, " of each kind, seed ", arguments[2], "\n", sep = "")

for (i in seq_len(count)) {
  # Rank sum without ties: p, interval, estimate, the interval's confidence.
  repeat {
    x <- distinct(sample(1:25, 1)); y <- distinct(sample(1:25, 1))
    if (!any(duplicated(c(x, y)))) break
  }
  confidence <- level()
  w <- suppressWarnings(wilcox.test(y, x, exact = TRUE, conf.int = TRUE, conf.level = confidence))
  m <- length(y); n <- length(x)
  q <- max(1, qwilcox((1 - confidence) / 2, m, n))
  emit("ranksum", x, y, confidence, w$p.value, w$conf.int[1:2], w$estimate, max(0, 1 - 2 * pwilcox(q - 1, m, n)))

  # Rank sum with ties, by two packages.
  x <- tied(sample(1:15, 1)); y <- tied(sample(1:15, 1))
  one <- if (length(unique(c(x, y))) < 2) 1 else twice(
    wilcox.exact(x, y, alternative = "less")$p.value, wilcox.exact(x, y, alternative = "greater")$p.value)
  other <- NA
  if (length(unique(c(x, y))) > 1 && length(x) > 1 && length(y) > 1) {
    data <- data.frame(v = c(x, y), g = factor(c(rep("x", length(x)), rep("y", length(y)))))
    tail <- function(alternative) as.numeric(pvalue(wilcox_test(v ~ g, data = data, distribution = "exact", alternative = alternative)))
    other <- twice(tail("less"), tail("greater"))
  }
  emit("ranksum-ties", x, y, one, other)

  # Signed ranks without ties and zeros.
  repeat {
    d <- distinct(sample(2:40, 1))
    if (!any(duplicated(abs(d))) && all(d != 0)) break
  }
  confidence <- level()
  w <- suppressWarnings(wilcox.test(d, exact = TRUE, conf.int = TRUE, conf.level = confidence))
  q <- max(1, qsignrank((1 - confidence) / 2, length(d)))
  emit("signedrank", d, confidence, w$p.value, w$conf.int[1:2], w$estimate, max(0, 1 - 2 * psignrank(q - 1, length(d))))

  # Signed ranks with ties and zeros, which are left out.
  d <- tied(sample(2:20, 1))
  if (all(d == 0)) d[1] <- 1
  emit("signedrank-ties", d, suppressWarnings(twice(
    wilcox.exact(d, alternative = "less")$p.value, wilcox.exact(d, alternative = "greater")$p.value)))

  # A trend: exact without ties, with ties the normal approximation.
  x <- distinct(sample(3:40, 1))
  if (length(x) > 2) {
    k <- cor.test(seq_along(x), x, method = "kendall", exact = TRUE)
    emit("kendall", x, k$estimate, k$p.value)
  }
  x <- tied(sample(4:60, 1))
  if (any(duplicated(x)) && length(unique(x)) > 1) {
    k <- suppressWarnings(cor.test(seq_along(x), x, method = "kendall", exact = FALSE, continuity = TRUE))
    emit("kendall-ties", x, k$p.value)
  }

  # Dip, and groups of two sizes among them.
  n <- sample(2:60, 1)
  x <- switch(sample(4, 1), rnorm(n), c(rnorm(n), rnorm(sample(1:60, 1), 4)), sample(0:8, n, replace = TRUE), exp(rnorm(n)))
  x <- round(x, 3)
  emit("dip", x, dip(x))

  # Medians, quantiles and the interval of the median by order statistics.
  x <- if (i %% 2) distinct(sample(1:40, 1)) else tied(sample(1:40, 1))
  n <- length(x)
  k <- max(1, qbinom((1 - 0.95) / 2, n, 0.5))
  s <- sort(x)
  emit("median", x, quantile(x, c(0.05, 0.25, 0.5, 0.75, 0.95), names = FALSE), s[c(k, n - k + 1)], 1 - 2 * pbinom(k - 1, n, 0.5))

  # Corrected p values.
  p <- round(runif(sample(1:30, 1))^sample(1:6, 1), 6)
  emit("holm", p, p.adjust(p, "holm"))
}
