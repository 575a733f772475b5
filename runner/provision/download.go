package provision

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"os"
	"path"
	"path/filepath"

	"slipway/runner/catalog"
)

// download fetches provision.url into out and checks its hash.
func download(ctx context.Context, k *catalog.Kernel, out string, progress func(Progress)) (err error) {
	url := k.Provision.URL
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("fetch %s: %w", url, err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("fetch %s: the server says %s", url, response.Status)
	}
	f, err := os.Create(filepath.Join(out, path.Base(request.URL.Path)))
	if err != nil {
		return err
	}
	h := sha256.New()
	meter := &counting{step: "fetch " + path.Base(request.URL.Path), total: response.ContentLength, progress: progress}
	if _, err := io.Copy(io.MultiWriter(f, h, meter), io.LimitReader(response.Body, 4<<30)); err != nil {
		_ = f.Close() // the folder is thrown away
		return fmt.Errorf("fetch %s: %w", url, err)
	}
	if err := f.Close(); err != nil {
		return err
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != k.Provision.SHA256 {
		return fmt.Errorf("fetch %s: its SHA-256 is %s, the manifest says %s: it was changed or damaged", url, got, k.Provision.SHA256)
	}
	return nil
}

// counting reports the bytes that pass.
type counting struct {
	step        string
	done, total int64
	progress    func(Progress)
}

func (c *counting) Write(p []byte) (int, error) {
	c.done += int64(len(p))
	c.progress(Progress{Step: c.step, Done: c.done, Total: max(c.total, 0)})
	return len(p), nil
}
